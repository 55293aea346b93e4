/** Go's strings.SplitN and SplitAfterN: `count` parts at most (all when negative, none at 0); by '' into characters. */
export function goSplit(
  text: string,
  by: string,
  { count, keep }: { readonly count: number; readonly keep: boolean },
): readonly string[] {
  if (count === 0) return []
  const all = by === '' ? [...text] : text.split(by)
  if (count < 0 || count >= all.length)
    return keep ? all.map((part, index) => (index < all.length - 1 ? part + by : part)) : all
  const first = all.slice(0, count - 1)
  return [...(keep ? first.map((part) => part + by) : first), all.slice(count - 1).join(by)]
}
