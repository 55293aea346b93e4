import { describe, expect, it } from 'vitest'
import type { Command } from './command.ts'
import type { Io } from './io.ts'
import { parseCall } from './parse-call.ts'

const io: Io = {
  input: async function* () {},
  out: () => undefined,
  note: () => undefined,
  isTerminal: false,
  colours: false,
  env: {},
  cwd: '/',
  signal: new AbortController().signal,
}
const command: Command = {
  name: 'a b',
  summary: 's',
  words: { name: 'ID', help: 'h', min: 1, max: 2 },
  options: {
    text: { type: 'string', value: 'X', help: 'h' },
    many: { type: 'string', value: 'X', help: 'h', multiple: true },
    flag: { type: 'boolean', short: 'f', help: 'h' },
  },
  examples: ['sevenfold a b 1'],
  run: async () => 0,
}
const parse = (...args: string[]) => parseCall(command, args, io)
const refusal = (...args: string[]): unknown => {
  try {
    return parse(...args)
  } catch (error) {
    return error
  }
}

describe('parseCall', () => {
  it('reads words, texts, lists and flags, in any order', () => {
    const call = parse('--text', 'x', 'one', '-f', '--many=1', '--many', '2', 'two')
    expect(call.words).toEqual(['one', 'two'])
    expect(call.text('text')).toBe('x')
    expect(call.texts('many')).toEqual(['1', '2'])
    expect(call.flag('flag')).toBe(true)
    expect(call.json).toBe(false)
  })

  it('gives nothing for what was not said', () => {
    const call = parse('one')
    expect([call.text('text'), call.texts('many'), call.flag('flag'), call.text('none')]).toEqual([
      undefined,
      [],
      false,
      undefined,
    ])
  })

  it('takes what follows -- as words', () => {
    expect(parse('--', '--text').words).toEqual(['--text'])
  })

  it('knows --json and --help for every command', () => {
    expect(parse('one', '--json').json).toBe(true)
    expect(parse('--help').help).toBe(true)
    expect(parse('-h').help).toBe(true)
  })

  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an option that does not exist', ['one', '--nope'], /nope/],
    ['an option without its value', ['one', '--text'], /text/],
    ['a value for a flag', ['one', '--flag=yes'], /flag/],
    ['too few words', [], /ID is missing/],
    ['too many words', ['1', '2', '3'], /unexpected argument 3/],
  ]
  for (const [name, args, message] of wrong) {
    it(`refuses ${name} and names the help`, () => {
      expect(refusal(...args)).toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(message),
        hint: 'see sevenfold a b --help',
      })
    })
  }
})
