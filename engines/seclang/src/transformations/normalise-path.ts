import type { Transformation } from './transformation.ts'

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

function apply(input: string): string {
  if (!input.includes('/') && !input.includes('.')) return input
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
