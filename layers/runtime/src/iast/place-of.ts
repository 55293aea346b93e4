/** `file:line:column` of an offset in a source, for many offsets of one source. */
export function placesOf(file: string, source: string): (offset: number) => string {
  const starts = [0]
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return `${file}:${low + 1}:${offset - (starts[low] ?? 0) + 1}`
  }
}
