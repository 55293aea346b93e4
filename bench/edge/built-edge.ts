import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './nginx.ts'
import { compileConfig, readConfig } from '../../core/config/src/index.ts'
import { askControl } from '../../core/layer/src/index.ts'

const main = fileURLToPath(new URL('../../layers/edge/dist/main.js', import.meta.url))

/** The built edge with its worker processes, as `sevenfold up` runs it. */
export class BuiltEdge {
  readonly child: ChildProcess
  readonly port: number
  private readonly data: string

  private constructor(child: ChildProcess, port: number, data: string) {
    this.child = child
    this.port = port
    this.data = data
  }

  static get isBuilt(): boolean {
    return existsSync(main)
  }

  /** @param edge the section `edge` of the file, as YAML in one line. */
  static async start(folder: string, upstream: number, edge: string): Promise<BuiltEdge> {
    const data = join(folder, 'data')
    mkdirSync(join(data, 'edge'), { recursive: true, mode: 0o700 })
    const port = await freePort()
    writeConfig(folder, { upstream, port }, edge)
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, SEVENFOLD_DATA: data },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    await once(child, 'message')
    return new BuiltEdge(child, port, data)
  }

  /** Writes a new configuration for the same port, and puts it in force. Resolves when all workers run it. */
  async reload(folder: string, upstream: number, edge: string): Promise<void> {
    writeConfig(folder, { upstream, port: this.port }, edge)
    const socket = join(this.data, 'edge', 'control.sock')
    const answer = await askControl(socket, { id: '1', op: 'reload', actor: 'bench' }, 60_000)
    if (!answer.ok) throw new Error(`reload refused: ${JSON.stringify(answer)}`)
  }

  /** Process ids of the workers. */
  get workers(): readonly number[] {
    const pid = this.child.pid ?? 0
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
  }

  async stop(): Promise<void> {
    const exit = once(this.child, 'exit')
    this.child.kill('SIGTERM')
    await exit
  }
}

function writeConfig(folder: string, ports: { upstream: number; port: number }, edge: string): void {
  const text = `version: 1
edge: ${edge}
sites: [{ name: shop, listen: "127.0.0.1:${ports.port}", upstream: "http://127.0.0.1:${ports.upstream}" }]
`
  const read = readConfig(text, 'bench')
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '))
  const compiled = compileConfig(read.config, folder).parts.edge
  const path = join(folder, 'data', 'edge', 'config.json')
  writeFileSync(path, JSON.stringify({ ...compiled, ownListeners: [] }), { mode: 0o600 })
}
