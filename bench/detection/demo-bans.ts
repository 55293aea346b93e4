// The demo under four attacks, each from an address of its own: how long after the last event the ban is there, through the
// edge and around it (the application's own log alone). Needs npx tsc -b first.
// npm run bench:demo-bans
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../apps/cli/bin/sevenfold.mjs', import.meta.url))
const dataDir = mkdtempSync(join(tmpdir(), 'sf-demo-'))
const ports = { site: 17_700, console: 17_770, api: 17_780, shop: 17_790 }
const limitMs = 2_000
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface Ask {
  readonly from: string
  readonly port: number
  readonly path: string
  readonly agent?: string
  readonly form?: string
}

function ask({ from, port, path, agent, form }: Ask): Promise<number> {
  return new Promise((resolve) => {
    const call = request({
      host: '127.0.0.1',
      port,
      localAddress: from,
      path,
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        'user-agent': agent ?? 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
        ...(form === undefined
          ? {}
          : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length }),
      },
      agent: false,
    })
    call.on('response', (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.on('error', () => resolve(0))
    })
    call.on('error', () => resolve(0))
    call.end(form)
  })
}

function socketJson(path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({
      socketPath: join(dataDir, 'detection', 'api.sock'),
      path,
      headers: { host: 'localhost' },
      agent: false,
    })
    call.on('error', reject)
    call.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(JSON.parse(text)))
    })
    call.end()
  })
}

async function bans(): Promise<Map<string, string>> {
  const list = (await socketJson('/v1/decisions')) as { value: string; scenario: string }[]
  return new Map(list.map(({ value, scenario }) => [value, scenario]))
}

const attacks: readonly { readonly name: string; readonly steps: readonly Omit<Ask, 'from' | 'port'>[] }[] = [
  {
    name: 'brute force on the login',
    steps: Array.from({ length: 8 }, (_, i) => ({ path: '/login', form: `user=admin&password=guess${i}` })),
  },
  { name: 'probing', steps: Array.from({ length: 12 }, (_, i) => ({ path: `/backup-${i}.zip` })) },
  {
    name: 'an attack tool',
    steps: Array.from({ length: 4 }, (_, i) => ({
      path: `/products?page=${i}`,
      agent: 'sqlmap/1.8 (https://sqlmap.org)',
    })),
  },
  {
    name: 'paths of known holes',
    steps: [
      '/.env',
      '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
      '/_ignition/execute-solution',
    ].map((path) => ({ path })),
  },
]

async function run(name: string, port: number, network: number): Promise<boolean> {
  let isGood = true
  for (const [index, attack] of attacks.entries()) {
    const from = `127.${network}.0.${index + 10}`
    for (const step of attack.steps) await ask({ ...step, from, port })
    const last = performance.now()
    let scenario: string | undefined
    while (scenario === undefined && performance.now() - last < 10_000) {
      scenario = (await bans()).get(from)
      if (scenario === undefined) await wait(10)
    }
    const ms = Math.round(performance.now() - last)
    isGood &&= scenario !== undefined && ms <= limitMs
    console.log(
      `${name.padEnd(16)} ${attack.name.padEnd(26)} ${scenario === undefined ? 'no ban' : `${ms} ms`.padStart(7)}  ${scenario ?? ''}`,
    )
  }
  return isGood
}

const flags = Object.entries({
  '--port': ports.site,
  '--console-port': ports.console,
  '--api-port': ports.api,
  '--shop-port': ports.shop,
})
const demo = spawn(
  process.execPath,
  [cli, 'up', '--demo', '--data', dataDir, ...flags.flatMap(([flag, port]) => [flag, String(port)])],
  {
    stdio: ['ignore', 'ignore', 'ignore'],
  },
)
try {
  const deadline = performance.now() + 90_000
  while (
    (await ask({ from: '127.9.0.1', port: ports.site, path: '/' })) !== 200 &&
    performance.now() < deadline
  )
    await wait(200)
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? '?'}, Node ${process.version}; last event → ban, limit ${limitMs} ms`,
  )
  const through = await run('through the edge', ports.site, 11)
  const around = await run('around the edge', ports.shop, 12)
  process.exitCode = through && around ? 0 : 1
} finally {
  demo.kill('SIGTERM')
  await new Promise((resolve) => demo.once('exit', resolve))
  rmSync(dataDir, { recursive: true, force: true })
}
