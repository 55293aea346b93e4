// How long a stranger waits: the demo from the command to the first served page, memory of its processes, and the
// command's --help against bare Node. Build first. Run: npm run bench:start [-- runs]
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../apps/cli/bin/sevenfold.mjs', import.meta.url))
const runs = Number(process.argv[2] ?? 5)
const deadlineMs = 60_000

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function isServed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = get({ host: '127.0.0.1', port, path: '/', timeout: 2000 }, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(answer.statusCode === 200))
    })
    call.once('timeout', () => call.destroy())
    call.once('error', () => resolve(false))
  })
}

interface Start {
  readonly seconds: number
  readonly stopSeconds: number
  readonly memory: string
}

async function startOnce(): Promise<Start> {
  const data = mkdtempSync(join(tmpdir(), 'sf-'))
  const [site, consolePort, api, shop] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const ports = ['--port', site, '--console-port', consolePort, '--api-port', api, '--shop-port', shop].map(
    String,
  )
  const begun = performance.now()
  const up = spawn(process.execPath, [command, 'up', '--demo', '--data', data, ...ports], { stdio: 'ignore' })
  while (!(await isServed(site))) {
    if (performance.now() - begun > deadlineMs || up.exitCode !== null)
      throw new Error('the demo does not serve')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const seconds = (performance.now() - begun) / 1000
  const status = spawnSync(process.execPath, [command, 'status', '--data', data], { encoding: 'utf8' }).stdout
  const stopping = performance.now()
  const ended = new Promise((resolve) => up.once('exit', resolve))
  up.kill('SIGINT')
  await ended
  rmSync(data, { recursive: true, force: true })
  return { seconds, stopSeconds: (performance.now() - stopping) / 1000, memory: status.trimEnd() }
}

function helpRatio(): number {
  const times = { help: [] as number[], bare: [] as number[] }
  for (let run = 0; run < 21; run += 1) {
    const time = (args: readonly string[]): number => {
      const begun = performance.now()
      spawnSync(process.execPath, args, { stdio: 'ignore' })
      return performance.now() - begun
    }
    times.help.push(time([command, '--help']))
    times.bare.push(time(['-e', '0']))
  }
  return Math.min(...times.help) / Math.min(...times.bare)
}

const starts: Start[] = []
for (let run = 0; run < runs; run += 1) starts.push(await startOnce())
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, node ${process.version}, load ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}`,
)
console.log(
  `first served page: median ${median(starts.map(({ seconds }) => seconds)).toFixed(1)} s of ${runs} starts (limit 6 s)`,
)
console.log(
  `stop after Ctrl-C: median ${median(starts.map(({ stopSeconds }) => stopSeconds)).toFixed(1)} s (limit 5 s)`,
)
console.log(starts.at(-1)?.memory)
console.log(`--help against bare node: ${helpRatio().toFixed(2)} × wall, fastest of 21 each (limit 1.5)`)
