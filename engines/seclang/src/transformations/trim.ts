import type { Transformation } from './transformation.ts'
import { isWhiteSpace } from './white-space.ts'

function start(input: string): number {
  let i = 0
  while (i < input.length && isWhiteSpace(input.charCodeAt(i))) i++
  return i
}

function end(input: string, from: number): number {
  let i = input.length
  while (i > from && isWhiteSpace(input.charCodeAt(i - 1))) i--
  return i
}

function trimBoth(input: string): string {
  const from = start(input)
  const to = end(input, from)
  return from === 0 && to === input.length ? input : input.slice(from, to)
}

function trimStart(input: string): string {
  const from = start(input)
  return from === 0 ? input : input.slice(from)
}

function trimEnd(input: string): string {
  const to = end(input, 0)
  return to === input.length ? input : input.slice(0, to)
}

/** `t:trim`: drops white space at both ends. */
export const trim: Transformation = { name: 'trim', apply: trimBoth }

/** `t:trimLeft`: drops white space at the start. */
export const trimLeft: Transformation = { name: 'trimLeft', apply: trimStart }

/** `t:trimRight`: drops white space at the end. */
export const trimRight: Transformation = { name: 'trimRight', apply: trimEnd }
