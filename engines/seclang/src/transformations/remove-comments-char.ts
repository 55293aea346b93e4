import type { Transformation } from './transformation.ts'

const MARKS = /\/\*|\*\/|<!--|-->|--|#/g

function apply(input: string): string {
  MARKS.lastIndex = 0
  return MARKS.test(input) ? input.replace(MARKS, '') : input
}

/** `t:removeCommentsChar`: drops the comment marks themselves, once each, and keeps the text. */
export const removeCommentsChar: Transformation = { name: 'removeCommentsChar', apply }
