import { mkdirSync } from 'node:fs'
import http from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Decision } from '@sevenfold/event'

/** The live decision stream as the detection layer serves it (docs/wire/decision.md). */
export class FakeDetection {
  readonly listeners = new Set<ServerResponse>()
  version = 5
  private decisions: Decision[] = []
  private nextId = 1
  private readonly server: Server

  private constructor() {
    this.server = http.createServer((request, response) => {
      if (request.url !== '/v1/decisions/live') {
        response.writeHead(404).end()
        return
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      this.listeners.add(response)
      response.on('close', () => this.listeners.delete(response))
      this.send(response, 'snapshot', this.decisions, [])
    })
  }

  static async start(folder: string): Promise<FakeDetection> {
    const fake = new FakeDetection()
    mkdirSync(join(folder, 'detection'), { recursive: true, mode: 0o700 })
    await new Promise<void>((resolve) => fake.server.listen(join(folder, 'detection', 'api.sock'), resolve))
    return fake
  }

  ban(value: string, change: Partial<Decision> = {}): Decision {
    const decision: Decision = {
      id: this.nextId++,
      type: 'ban',
      scope: value.includes('/') ? 'range' : 'ip',
      value,
      duration: '1h0m0s',
      until: new Date(Date.now() + 3_600_000).toISOString(),
      origin: 'sevenfold',
      scenario: 'test/many-403',
      ...change,
    }
    this.decisions.push(decision)
    this.push([decision], [])
    return decision
  }

  lift(decision: Decision): void {
    this.decisions = this.decisions.filter(({ id }) => id !== decision.id)
    this.push([], [decision.id])
  }

  /** Loses a version, as a bug or a lost packet would. */
  skipVersion(): void {
    this.version += 1
  }

  async close(): Promise<void> {
    for (const listener of this.listeners) listener.destroy()
    await new Promise<void>((resolve) => this.server.close(() => resolve()))
  }

  private push(add: readonly Decision[], remove: readonly number[]): void {
    this.version += 1
    for (const listener of this.listeners) this.send(listener, 'delta', add, remove)
  }

  private send(
    response: ServerResponse,
    event: string,
    add: readonly Decision[],
    remove: readonly number[],
  ): void {
    const data = JSON.stringify({ version: this.version, add, remove })
    response.write(`event: ${event}\nid: ${this.version}\ndata: ${data}\n\n`)
  }
}
