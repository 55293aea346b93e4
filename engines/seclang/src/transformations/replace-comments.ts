import type { Transformation } from './transformation.ts'

function apply(input: string): string {
  let open = input.indexOf('/*')
  if (open < 0) return input
  let text = ''
  let from = 0
  while (open >= 0) {
    text += input.slice(from, open) + ' '
    const close = input.indexOf('*/', open + 2)
    if (close < 0) return text
    from = close + 2
    open = input.indexOf('/*', from)
  }
  return text + input.slice(from)
}

/** `t:replaceComments`: each C comment, closed or not, becomes one space. */
export const replaceComments: Transformation = { name: 'replaceComments', apply }
