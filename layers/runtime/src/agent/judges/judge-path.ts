import path from 'node:path'
import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'
import { isArchive } from '../inputs/archive-names.ts'

// As Node has them: what the agent puts in their place asks this judge.
const { isAbsolute, normalize, sep } = path

const climbs = /(?:^|[/\\])\.\.(?:[/\\]|$)/

/** True when only inputs that hold the path whole could make it hostile, so that a cheap look may come first. */
export function isPlainAbsolute(path: string): boolean {
  return isAbsolute(path) && !isClimbing(path) && !path.includes('\u0000')
}

/** True for a text that leaves the folder it is appended to. */
export function isClimbing(text: string): boolean {
  return text.includes('..') && climbs.test(text)
}

// What filters take out of a path, and what is left of it when they took too little: `....//` becomes `../`.
const steps = /[./\\]+/g
const leastLeft = 3
/** Shorter climbs than `/../` are what applications write themselves. */
const leastClimb = 4

/** Does an input climb once dots and slashes were taken out of it (compared without all of them), or inside an archive? */
function climbsFiltered(path: string, inputs: Iterable<string>): string | undefined {
  const raw = path.slice(path.search(climbs)).replace(/^[/\\]/, '')
  const tail = raw.replaceAll(steps, '')
  if (tail.length < leastLeft) return undefined
  for (const input of inputs) {
    // Names of archived files (zip, tar) stand there as they are.
    if (isArchive(input) && input.includes(raw)) return raw
    if (input.includes('..') && input.length < 4_096 && input.replaceAll(steps, '').endsWith(tail))
      return input
  }
  return undefined
}

// Ways to name a file from inside a document, a template or code.
const carriers = /file:\/\/|<!ENTITY|readFile|createReadStream|require|import|process/

/** A path that stands inside a document or code which came from outside: an entity, a template, a serialised function. */
function judgeCarriedPath(path: string, inputs: Iterable<string>): Finding | null {
  if (path.length < 5) return null
  for (const input of inputs) {
    if (input.length > path.length && input.includes(path) && carriers.test(input))
      return finding('path-traversal', path, 'an input carries the path of a file that is opened')
  }
  return null
}

/** Judges a path at a file function; `joined` holds results of path.join and the like that left their base by an input. */
export function judgePath(
  path: string,
  inputs: ReadonlySet<string>,
  joined: ReadonlySet<string>,
): Finding | null {
  if (path.includes('\u0000')) return finding('path-traversal', path, 'a path holds a NUL byte')
  if (joined.has(path) || joined.has(normalize(path)))
    return finding('path-traversal', path, 'an input climbs out of the folder it was joined to')
  if (isClimbing(path)) {
    for (const input of inputs) {
      if (isClimbing(input) && path.includes(input))
        return finding('path-traversal', input, 'an input climbs out of its folder')
    }
    const filtered = climbsFiltered(path, inputs)
    if (filtered !== undefined)
      return finding('path-traversal', filtered, 'an input climbs out of its folder, filtered or unpacked')
  }
  if (path.length > 1 && isAbsolute(path)) {
    if (inputs.has(path)) return finding('path-traversal', path, 'an input is a whole absolute path')
    return judgeCarriedPath(path, inputs)
  }
  return null
}

/** True when joining `parts` gave a path outside the first of them because of an input. */
export function leftItsBase(parts: readonly string[], result: string, inputs: ReadonlySet<string>): boolean {
  const [first = ''] = parts
  const base = normalize(first)
  const isInside = result === base || result.startsWith(base.endsWith(sep) ? base : base + sep)
  if (isInside && parts.length > 1) return false
  return parts.some((part, index) => {
    if (index === 0 && parts.length > 1) return false
    if (!isClimbing(part) && !isAbsolute(part)) return false
    for (const input of inputs) {
      if (input.length > 2 && (isClimbing(input) || isAbsolute(input)) && part.includes(input)) return true
      if (!isClimbing(part)) continue
      // Servers cut the folder that they are mounted at from the front.
      if (part.length >= leastClimb && input.includes(part) && (isArchive(input) || isClimbing(input)))
        return true
    }
    return false
  })
}
