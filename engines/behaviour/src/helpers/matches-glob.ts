/** Whether a text has the form of a pattern of `*` (any run) and `?` (any one). At most length times length steps. */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0
  let place = 0
  let star = -1
  let resumed = 0
  while (at < text.length) {
    const unit = pattern[place]
    if (unit === '*') {
      star = place
      resumed = at
      place += 1
    } else if (unit === '?' || unit === text[at]) {
      place += 1
      at += 1
    } else if (star >= 0) {
      resumed += 1
      at = resumed
      place = star + 1
    } else return false
  }
  while (pattern[place] === '*') place += 1
  return place === pattern.length
}
