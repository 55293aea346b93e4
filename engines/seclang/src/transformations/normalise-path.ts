import type { Transformation } from './transformation.ts'

const DOT = 46
const SLASH = 47

function join(segments: readonly string[], absolute: boolean, trailing: boolean): string {
  const text = (absolute ? '/' : '') + segments.join('/')
  return trailing && segments.length > 0 ? `${text}/` : text
}

// `..` cannot climb above the root of an absolute path; a relative one keeps what is left over.
function normalise(path: string): string {
  const absolute = path.startsWith('/')
  const kept: string[] = []
  // Not split at once: 128 KB of slashes would be as many empty texts.
  for (let at = 0, end = 0; at < path.length; at = end + 1) {
    const found = path.indexOf('/', at)
    end = found < 0 ? path.length : found
    if (end === at) continue
    const segment = path.slice(at, end)
    if (segment === '.') continue
    if (segment !== '..') kept.push(segment)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!absolute) kept.push('..')
  }
  return join(kept, absolute, path.endsWith('/'))
}

/** Whether there is no empty segment, `.` or `..`: most values are paths of no kind, and built anew for nothing. */
function isNormal(path: string): boolean {
  if (path.includes('//')) return false
  for (let at = path.indexOf('.'); at >= 0; at = path.indexOf('.', at + 1)) {
    if (at > 0 && path.charCodeAt(at - 1) !== SLASH) continue
    const next = path.charCodeAt(at + 1) === DOT ? at + 2 : at + 1
    if (next === path.length || path.charCodeAt(next) === SLASH) return false
  }
  return true
}

function apply(input: string): string {
  if (isNormal(input)) return input
  const text = normalise(input)
  return text === input ? input : text
}

function applyWin(input: string): string {
  // A run counts as one slash below anyway, and thousands of replacements cost.
  return apply(input.includes('\\') ? input.replaceAll(/\\+/g, '/') : input)
}

/** `t:normalisePath`: drops empty and `.` segments and resolves `..`; keeps a trailing slash. */
export const normalisePath: Transformation = { name: 'normalisePath', apply }

/** `t:normalizePath`: the other spelling of `t:normalisePath`. */
export const normalizePath: Transformation = { name: 'normalizePath', apply }

/** `t:normalisePathWin`: `t:normalisePath` after backslashes became slashes. */
export const normalisePathWin: Transformation = { name: 'normalisePathWin', apply: applyWin }

/** `t:normalizePathWin`: the other spelling of `t:normalisePathWin`. */
export const normalizePathWin: Transformation = { name: 'normalizePathWin', apply: applyWin }
