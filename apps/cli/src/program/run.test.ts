import { describe, expect, it } from 'vitest'
import { environmentError } from './cli-error.ts'
import type { Command, Listed } from './command.ts'
import type { Io } from './io.ts'
import { run } from './run.ts'

function command(name: string, act: Command['run']): Listed {
  const summary = 'does something'
  return { name, summary, load: async () => ({ name, summary, examples: [`sevenfold ${name}`], run: act }) }
}

async function outcome(
  listed: readonly Listed[],
  ...args: string[]
): Promise<{ out: string; note: string; code: number }> {
  const [out, note]: [string[], string[]] = [[], []]
  const io: Io = {
    input: async function* () {},
    out: (line) => void out.push(line),
    note: (line) => void note.push(line),
    isTerminal: false,
    colours: false,
    env: {},
    cwd: '/',
    signal: new AbortController().signal,
  }
  const code = await run(listed, args, io)
  return { out: out.join('\n'), note: note.join('\n'), code }
}

const fails = (error: unknown): Listed[] => [
  command('a', () => {
    throw error
  }),
]

describe('run', () => {
  it('takes the longest name that fits', async () => {
    const listed = [command('a', async () => 0), command('a b', async () => 1)]
    expect((await outcome(listed, 'a', 'b')).code).toBe(1)
    expect((await outcome(listed, 'a')).code).toBe(0)
  })

  it('shows message and hint of a foreseen error, and nothing of its inside', async () => {
    expect(await outcome(fails(environmentError('it is full', 'make room')), 'a')).toEqual({
      out: '',
      note: 'sevenfold: error: it is full\nhint: make room',
      code: 3,
    })
  })

  it('says what to do about errors of the system', async () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    expect((await outcome(fails(error), 'a')).note).toBe(
      'sevenfold: error: ENOSPC: no space left on device, write\nhint: the disk is full: make room',
    )
  })

  it('shows the place of a fault of ours', async () => {
    const { note, code } = await outcome(fails(new TypeError('undefined is not a function')), 'a')
    expect(note).toContain('run.test.ts')
    expect(code).toBe(3)
  })

  it('lets no error write control characters to the terminal', async () => {
    expect((await outcome(fails(environmentError('a\u001b[2Jb\u009b', 'x')), 'a')).note).toContain('a?[2Jb?')
  })

  it('shows help before it looks at anything else', async () => {
    const { out, code } = await outcome([command('a', async () => 1)], 'a', '--help', 'too', 'many')
    expect(out).toContain('usage: sevenfold a')
    expect(code).toBe(0)
  })
})
