import { findHeader } from '../http/header-list.ts'

/** Value of a cookie in a request head, or undefined. Several Cookie lines: only the first is looked at. */
export function cookieValue(headText: string, name: string): string | undefined {
  const line = findHeader(headText, 'cookie')
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
