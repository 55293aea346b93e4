/** Most cookies of one request that are looked at. */
export const maxCookies = 50

/** Cookies by name; the first of two with one name counts. Values are decoded where they can be. */
export function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  for (const pair of (header ?? '').split(';').slice(0, maxCookies)) {
    const mark = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, mark)).trim()
    if (name !== '' && !cookies.has(name)) cookies.set(name, decoded(pair.slice(mark + 1).trim()))
  }
  return cookies
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
