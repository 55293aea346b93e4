/** Calls `found` with the offset of each parenthesis that opens a capturing group, in order. */
function eachCapturingGroup(source: string, found: (offset: number) => void): void {
  let isInClass = false
  for (let i = 0; i < source.length; i++) {
    const unit = source[i]
    if (unit === '\\') {
      i = source.startsWith('\\Q', i) ? endOfQuote(source, i) : i + 1
    } else if (isInClass) {
      if (unit === '[' && source[i + 1] === ':') i = Math.max(i, source.indexOf(':]', i) + 1)
      else if (unit === ']') isInClass = false
    } else if (unit === '[') {
      isInClass = true
      if (source[i + 1] === '^') i += 1
      // A bracket that comes first is a member.
      if (source[i + 1] === ']') i += 1
    } else if (unit === '(' && (source[i + 1] !== '?' || isNamed(source, i))) {
      found(i)
    }
  }
}

function endOfQuote(source: string, at: number): number {
  const end = source.indexOf('\\E', at)
  return end < 0 ? source.length : end + 1
}

function isNamed(source: string, at: number): boolean {
  return source.startsWith('(?P<', at) || source.startsWith('(?<', at)
}

/** Number of capturing groups of a regular expression. */
export function countGroups(source: string): number {
  let count = 0
  eachCapturingGroup(source, () => (count += 1))
  return count
}

/**
 * The expression with only the groups in `kept` (by number, from 1) still capturing: what is not captured need not be
 * tracked while matching.
 */
export function keepGroups(source: string, kept: ReadonlySet<number>): string {
  let out = ''
  let from = 0
  let number = 0
  eachCapturingGroup(source, (offset) => {
    number += 1
    if (kept.has(number)) return
    out += `${source.slice(from, offset)}(?:`
    from = isNamed(source, offset) ? source.indexOf('>', offset) + 1 : offset + 1
  })
  return out + source.slice(from)
}
