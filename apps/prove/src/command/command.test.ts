import { describe, expect, it } from 'vitest'
import { madeProof } from '../../test/made-proof.ts'
import { loadCatalogue } from '../attack/load-catalogue.ts'
import { exitCodeOf } from './exit-code.ts'
import { readOptions } from './options.ts'
import { UsageError } from './usage-error.ts'
import { showProgress } from './progress-line.ts'
import { runProveCommand } from './run-prove-command.ts'
import { selectAttacks } from './select-attacks.ts'

describe('readOptions', () => {
  it('reads everything that the help names', () => {
    const options = readOptions([
      '--quick',
      '--only',
      'xss',
      '--only=ssrf',
      '--seed',
      'a.1',
      '--min-depth',
      '2',
      '--json',
    ])
    expect(options).toMatchObject({
      quick: true,
      only: ['xss', 'ssrf'],
      seed: 'a.1',
      minDepth: 2,
      format: 'json',
    })
    expect(readOptions([])).toMatchObject({
      format: 'terminal',
      quick: false,
      bare: false,
      seed: undefined,
      minDepth: 0,
    })
    expect(readOptions(['--markdown']).format).toBe('markdown')
    const { baseline, files } = readOptions(['--baseline', 'old.json', '--html=a.html', '--sarif', 'b.sarif'])
    expect([baseline, ...files]).toEqual(['old.json', ['html', 'a.html'], ['sarif', 'b.sarif']])
  })

  it.each([
    ['--nope'],
    ['extra'],
    ['--min-depth', '9'],
    ['--min-depth', 'x'],
    ['--json', '--markdown'],
    ['--html='],
    ['--junit'],
    ['--seed', 'a b'],
    ['--seed', 'x'.repeat(65)],
  ])('refuses %j', (...args) => {
    expect(() => readOptions(args)).toThrow(UsageError)
  })
})

describe('selectAttacks', async () => {
  const catalogue = await loadCatalogue()

  it('takes all, by class, by id, and without the slow ones', () => {
    const select = (quick: boolean, ...only: string[]): readonly string[] =>
      selectAttacks(catalogue, { quick, only }).map(({ id }) => id)
    expect(select(false)).toHaveLength(catalogue.length)
    expect(select(false, 'open-redirect', 'token-none')).toEqual([
      'redirect-absolute',
      'redirect-slashes',
      'token-none',
    ])
    expect(select(true, 'brute-force')).toEqual([])
  })

  it('refuses a name that it does not know', () => {
    expect(() => selectAttacks(catalogue, { quick: false, only: ['sqli'] })).toThrow('--only sqli')
  })
})

describe('exitCodeOf', () => {
  it('is 0 for a sound proof, whatever is missed', () => {
    expect(exitCodeOf(madeProof(), 0)).toBe(0)
  })

  it('is 1 for an invalid attack, a blocked visit, or too small a depth', () => {
    expect(exitCodeOf(madeProof({ withInvalid: true }), 0)).toBe(1)
    expect(exitCodeOf(madeProof({ benign: [{ name: 'a', blocked: true }] }), 0)).toBe(1)
    expect(exitCodeOf(madeProof(), 1)).toBe(1)
  })
})

describe('showProgress', () => {
  it('writes once every ten percent to a file, with the time left', () => {
    const written: string[] = []
    let now = 0
    const show = showProgress({ write: (text) => written.push(text) }, () => now)
    for (let done = 0; done <= 100; done++) {
      now = done * 1000
      show({ done, total: 100, doing: 'x' })
    }
    expect(written).toHaveLength(11)
    expect(written[5]).toBe(' 50 of 100, about 50 s left: x\n')
    expect(written[10]).toBe('100 of 100: x\n')
  })

  it('rewrites one line on a terminal and clears it at the end', () => {
    const written: string[] = []
    const show = showProgress({ isTTY: true, write: (text) => written.push(text) }, () => 0)
    show({ done: 1, total: 2, doing: 'x' })
    show({ done: 2, total: 2, doing: 'y' })
    expect(written).toEqual(['\r\u001b[2K1 of 2, about 0 s left: x', '\r\u001b[2K'])
  })
})

describe('runProveCommand', () => {
  const run = async (
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly errors: string }> => {
    const out: string[] = []
    const errors: string[] = []
    const code = await runProveCommand(args, {
      stdout: { write: (text) => out.push(text) },
      stderr: { write: (text) => errors.push(text) },
    })
    return { code, out: out.join(''), errors: errors.join('') }
  }

  it('shows help and the list without a bed', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, errors: '' })
    expect((await run('--help')).out).toContain('exit codes: 0 fine')
    const list = await run('--list', '--only', 'xxe')
    expect(list.out.split('\n')).toHaveLength(4)
    expect(list.out).toContain('CWE-611')
  })

  it('ends with 2 and a hint for a mistake of the caller', async () => {
    const { code, errors } = await run('--only', 'nothing')
    expect(code).toBe(2)
    expect(errors).toContain('prove: error: --only nothing')
    expect(errors).toContain('hint: sevenfold prove --help')
  })

  it.each([
    ['--baseline', '/nowhere/old.json', '--baseline /nowhere/old.json: ENOENT'],
    ['--html', '/nowhere/report.html', '--html /nowhere/report.html: its folder is not there'],
    ['--navigator', '/', '--navigator /: is a folder'],
  ])('ends with 2 before anything is set up: %s %s', async (option, path, message) => {
    const { code, errors } = await run('--only', 'xxe', option, path)
    expect(code).toBe(2)
    expect(errors).toContain(message)
    expect(errors).not.toContain('setting up')
  })
})
