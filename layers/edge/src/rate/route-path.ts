const plain = /^(?:\/[a-z0-9_~-][a-z0-9._~-]*)+$/

function decoded(text: string): string {
  return text.replaceAll(/%([0-9a-fA-F]{2})/g, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16)
    return code > 0x20 && code < 0x7f ? String.fromCharCode(code) : whole
  })
}

/**
 * The path of a request target as rules compare it: without query, percent signs undone once, lower case, no empty or
 * dot segments, no path parameters, no slash at the end. `/Login/`, `//login` and `/%6cogin` are the same route, because
 * applications take them for the same.
 */
export function routePath(target: string): string {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  if (path === '/' || plain.test(path)) return path
  const segments: string[] = []
  for (const part of decoded(path).replaceAll('\\', '/').toLowerCase().split('/')) {
    const segment = part.replace(/;.*$/s, '')
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return `/${segments.join('/')}`
}
