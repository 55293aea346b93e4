import type { Call, Command } from '../program/command.ts'

/** Options that name a file, each with what it holds. */
const files = ['baseline', 'html', 'junit', 'sarif', 'navigator'] as const

/** The call in the words of the package, which reads its own arguments. */
function argumentsOf(call: Call): string[] {
  const flags = ['quick', 'cost', 'no-cost', 'bare', 'list', 'markdown']
    .filter((flag) => call.flag(flag))
    .map((flag) => `--${flag}`)
  const texts = ['seed', 'min-depth', ...files].flatMap((option) => {
    const value = call.text(option)
    return value === undefined ? [] : [`--${option}=${value}`]
  })
  const only = call.texts('only').map((name) => `--only=${name}`)
  return [...flags, ...texts, ...only, ...(call.json ? ['--json'] : [])]
}

/** `sevenfold prove`. */
export const prove: Command = {
  name: 'prove',
  summary: 'attack the demo shop with each layer switched off, and count what still stops it',
  options: {
    quick: { type: 'boolean', help: 'leave out attacks that take seconds' },
    only: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      help: 'an attack or a class of attacks; may stand several times',
    },
    seed: { type: 'string', value: 'TEXT', help: 'run the same proof again', default: 'a new one, printed' },
    'min-depth': {
      type: 'string',
      value: 'N',
      help: 'exit with 1 when fewer layers stand against an attack',
    },
    baseline: {
      type: 'string',
      value: 'FILE',
      help: 'an earlier --json; exit with 1 when a depth fell or more innocent visits are blocked',
    },
    html: {
      type: 'string',
      value: 'FILE',
      help: 'write a report that stands alone, good on paper and on a phone',
    },
    junit: { type: 'string', value: 'FILE', help: 'write JUnit XML for a pipeline' },
    sarif: { type: 'string', value: 'FILE', help: 'write SARIF 2.1.0' },
    navigator: { type: 'string', value: 'FILE', help: 'write an ATT&CK Navigator layer' },
    cost: { type: 'boolean', help: 'measure costs also with --quick or --only' },
    'no-cost': { type: 'boolean', help: 'leave out costs, and what happens when a process is killed' },
    bare: { type: 'boolean', help: 'no layer at all: shows that the attacks work' },
    list: { type: 'boolean', help: 'the attacks, without running them' },
    markdown: { type: 'boolean', help: 'the proof as Markdown' },
  },
  examples: [
    'sevenfold prove --quick',
    'sevenfold prove --html proof.html --baseline last.json',
    'sevenfold prove --only sql-injection --json',
  ],
  exits: {
    1: 'an attack does not work without layers, an innocent visit is blocked, a depth is under --min-depth or fell under the baseline',
  },
  run: async (call) => {
    const { runProveCommand } = await import('@sevenfold/prove')
    return await runProveCommand(argumentsOf(call), {
      stdout: process.stdout,
      stderr: process.stderr,
      signal: call.io.signal,
    })
  },
}
