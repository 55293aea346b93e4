import { describe, expect, it } from 'vitest'
import type { SinkUse } from '../agent/agent.ts'
import { judgeUse } from './judge-use.ts'
import type { Mark, Safety } from './taints.ts'

const source = { kind: 'query', name: 'q', value: 'x', isLinkable: true } as const
const mark = (start: number, end: number, ...safe: Safety[]): Mark => ({
  start,
  end,
  source,
  steps: [],
  safe,
})

function judge(use: Omit<SinkUse, 'sink'>, marked: Readonly<Record<string, Mark>>): string | undefined {
  return judgeUse({ ...use, sink: 's' }, (text) => (marked[text] === undefined ? undefined : [marked[text]]))
    ?.name
}

describe('judgeUse', () => {
  it.each([
    ['statement', 'sql-injection', 'quotes'],
    ['line', 'command-injection', 'quotes'],
    ['file', 'path-traversal', 'path'],
    ['code', 'code-injection', 'checked'],
    ['template', 'template-injection', 'checked'],
    ['markup', 'xss', 'markup'],
  ] as const)('names a %s with input %s, unless it was made safe by %s', (kind, name, safety) => {
    expect(judge({ kind, text: 'a b' }, { 'a b': mark(2, 3) })).toBe(name)
    expect(judge({ kind, text: 'a b' }, { 'a b': mark(2, 3, safety) })).toBeUndefined()
    expect(judge({ kind, text: 'a b' }, {})).toBeUndefined()
  })

  it.each([
    ['https://evil.example/', 0, 'open-redirect'],
    ['//evil.example/', 2, 'open-redirect'],
    ['/account/x', 9, undefined],
    ['https://own.example/x', 20, undefined],
    ['?next=x', 6, undefined],
  ])('a redirect to %s with input from %i is %s', (text, start, name) => {
    expect(judge({ kind: 'location', text }, { [text]: mark(start, text.length) })).toBe(name)
  })

  it('looks at the program, at options and at lines for a shell', () => {
    const program = (
      text: string,
      args: readonly string[],
      marked: Readonly<Record<string, Mark>>,
    ): string | undefined => judge({ kind: 'program', text, args }, marked)
    expect(program('x', [], { x: mark(0, 1) })).toBe('command-injection')
    expect(program('find', ['-x'], { '-x': mark(0, 2) })).toBe('command-injection')
    expect(program('find', ['-name=x'], { '-name=x': mark(6, 7) })).toBeUndefined()
    expect(program('find', ['x'], { x: mark(0, 1) })).toBeUndefined()
    expect(program('/bin/sh', ['-c', 'echo x'], { 'echo x': mark(5, 6) })).toBe('command-injection')
    expect(program('/bin/sh', ['-c', 'echo x'], { 'echo x': mark(5, 6, 'quotes') })).toBeUndefined()
  })
})
