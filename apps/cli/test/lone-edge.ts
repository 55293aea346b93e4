import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, request as ask } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileConfig, loadConfig } from '@sevenfold/config'

const edgeMain = fileURLToPath(new URL('../dist/main.js', import.meta.resolve('@sevenfold/edge')))

/** Tests with an edge need a build. */
export const edgeIsBuilt: boolean = existsSync(edgeMain)

/** Status and request id of an answer. */
export interface Got {
  readonly status: number
  readonly id: string
}

/** An edge with one site and nothing else of the house, in the data folder `data` of a test's folder. */
export class LoneEdge {
  private readonly folder: string
  private readonly upstream: Server
  /** The one that runs last. */
  private readonly children: ChildProcess[] = []
  private port = 0

  private constructor(folder: string, upstream: Server) {
    this.folder = folder
    this.upstream = upstream
  }

  /** Writes the configuration; `edge` are its settings in YAML. */
  static async prepare(folder: string, edge: string): Promise<LoneEdge> {
    const upstream = createServer((_request, response) => void response.end('hello'))
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const upstreamPort = (upstream.address() as AddressInfo).port
    const file = join(folder, 'sevenfold.yaml')
    // Port 0 is no port in a configuration, and what tests need.
    const site = `{ name: shop, listen: "127.0.0.1:7701", upstream: "http://127.0.0.1:${upstreamPort}", hosts: ["*"], mode: enforce }`
    writeFileSync(file, `version: 1\ndata: ./data\nsites: [${site}]\nedge: ${edge}\n`)
    const read = await loadConfig(file)
    if (!read.ok) throw new Error(JSON.stringify(read.problems))
    const text = JSON.stringify(compileConfig(read.config, folder).parts.edge).replaceAll('7701', '0')
    mkdirSync(join(folder, 'data', 'edge'), { recursive: true, mode: 0o700 })
    writeFileSync(join(folder, 'data', 'edge', 'config.json'), text)
    return new LoneEdge(folder, upstream)
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [edgeMain], {
      env: { ...process.env, SEVENFOLD_DATA: join(this.folder, 'data') },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.children.push(child)
    const ended = once(child, 'exit').then(() => {
      throw new Error('the edge ended')
    })
    ended.catch(() => undefined) // the end of a later stop
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [{ listen: { url: string }[] }]
    this.port = Number(new URL(message.listen[0]?.url ?? '').port)
  }

  async stop(): Promise<void> {
    const child = this.children.at(-1)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }

  async close(): Promise<void> {
    await this.stop()
    this.upstream.closeAllConnections()
    await new Promise((resolve) => this.upstream.close(resolve))
  }

  /** One request on a connection of its own. */
  visit(path: string, localAddress = '127.0.0.1'): Promise<Got> {
    return new Promise((resolve, reject) => {
      const headers = { accept: '*/*', 'user-agent': 'test' }
      const sent = ask({ host: '127.0.0.1', port: this.port, path, localAddress, headers, agent: false })
      sent.once('error', reject)
      sent.once('response', (response) => {
        response.resume()
        const id = String(response.headers['x-request-id'] ?? '')
        resolve({ status: response.statusCode ?? 0, id })
      })
      sent.end()
    })
  }

  /** The different statuses of four requests: connections go to the workers in turn. */
  async statuses(path: string, localAddress?: string): Promise<number[]> {
    const seen = new Set<number>()
    for (let i = 0; i < 4; i += 1) seen.add((await this.visit(path, localAddress)).status)
    return [...seen]
  }
}
