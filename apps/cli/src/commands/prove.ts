import type { Call, Command } from '../program/command.ts'

/** Options that name a file, each with what it holds. */
const files = ['baseline', 'record', 'history', 'html', 'junit', 'sarif', 'navigator'] as const

/** Options about a site of one's own, each with what it holds. */
const siteTexts = ['target', 'token-file', 'rate', 'page', 'post', 'ca', 'data'] as const

/** Options about a system from a Compose file. */
const composeTexts = ['compose', 'service', 'port', 'engine'] as const

/** The call in the words of the package, which reads its own arguments. */
function argumentsOf(call: Call): string[] {
  const flags = ['quick', 'cost', 'no-cost', 'bare', 'list', 'markdown']
    .filter((flag) => call.flag(flag))
    .map((flag) => `--${flag}`)
  const texts = ['seed', 'min-depth', ...files, ...siteTexts, ...composeTexts].flatMap((option) => {
    const value = call.text(option)
    return value === undefined ? [] : [`--${option}=${value}`]
  })
  const only = call.texts('only').map((name) => `--only=${name}`)
  const hosts = call.texts('allow-host').map((host) => `--allow-host=${host}`)
  return [...flags, ...texts, ...only, ...hosts, ...(call.json ? ['--json'] : [])]
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
    history: { type: 'string', value: 'FILE', help: 'add the totals; the page shows the depth over time' },
    record: {
      type: 'string',
      value: 'DIR',
      help: 'write totals and digest, signed, into the ledger of that data folder',
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
    compose: {
      type: 'string',
      value: 'FILE',
      help: 'attack an isolated copy of this system instead of the shop (needs docker or podman)',
    },
    service: { type: 'string', value: 'NAME', help: 'the service of --compose that visitors reach' },
    port: { type: 'string', value: 'N', help: 'its port inside the container' },
    engine: { type: 'string', value: 'PROGRAM', help: 'container engine', default: 'docker, then podman' },
    target: {
      type: 'string',
      value: 'URL',
      help: 'probe a site of your own, harmlessly, instead of the shop',
    },
    'allow-host': {
      type: 'string',
      value: 'HOST',
      multiple: true,
      help: 'names the host of --target, by hand',
    },
    'token-file': {
      type: 'string',
      value: 'FILE',
      help: 'text that the site serves at /.well-known/sevenfold-proof.txt: shows that it is yours',
    },
    rate: { type: 'string', value: 'N', help: 'requests a second to --target, 1 to 10', default: '2' },
    page: { type: 'string', value: 'PATH', help: 'page of --target that takes a parameter', default: '/' },
    post: { type: 'string', value: 'PATH', help: 'path of --target that may be sent bodies' },
    data: {
      type: 'string',
      value: 'DIR',
      help: 'data folder of the installation before --target: tells which layer judged',
    },
    ca: { type: 'string', value: 'FILE', help: 'authorities for the certificate of --target, in PEM' },
  },
  examples: [
    'sevenfold prove --quick',
    'sevenfold prove --html proof.html --baseline last.json',
    'sevenfold prove --only sql-injection --json',
    'sevenfold prove --target https://shop.example.org --allow-host shop.example.org --token-file token.txt',
  ],
  exits: {
    1: 'an attack does not work without layers, an innocent visit is blocked, a depth is under --min-depth or fell under the baseline',
  },
  run: async (call) => {
    const { runProveCommand } = await import('@sevenfold/prove')
    return await runProveCommand(argumentsOf(call), {
      stdout: process.stdout,
      stderr: process.stderr,
      stdin: process.stdin,
      shared: async (dataDir) => {
        const [{ sharedAmong }, { readHouse }, { readPackages }] = await Promise.all([
          import('../depends/dependency.ts'),
          import('../depends/read-house.ts'),
          import('../depends/read-packages.ts'),
        ])
        return sharedAmong([...readHouse(dataDir), ...readPackages()]).map(
          ({ kind, name, layers, takesDown }) => ({ kind, name, layers, takesDown }),
        )
      },
      drills: async (names, { scale, onStep, signal }) => {
        const [{ drills }, { runChosen }] = await Promise.all([
          import('../drill/drills.ts'),
          import('../drill/run-drills.ts'),
        ])
        const chosen = drills.filter(({ name }) => names.includes(name))
        return runChosen(chosen, { scale, note: onStep, ...(signal === undefined ? {} : { signal }) })
      },
      signal: call.io.signal,
    })
  },
}
