/** Value of a cookie in a Cookie line, or undefined. */
export function cookieValue(line: string | undefined, name: string): string | undefined {
  if (line === undefined) return undefined
  let at = 0
  while (at < line.length) {
    let end = line.indexOf(';', at)
    if (end < 0) end = line.length
    while (line.charCodeAt(at) === 0x20) at += 1
    if (line.startsWith(name, at) && line.charCodeAt(at + name.length) === 0x3d) {
      return line.slice(at + name.length + 1, end).trim()
    }
    at = end + 1
  }
  return undefined
}
