import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isJsonObject } from '@sevenfold/event'
import { createTemporaryFolder } from '@sevenfold/testkit'
import { until } from './harness.ts'

const hasLimits = spawnSync('prlimit', ['--version']).status === 0

it.skipIf(!hasLimits)(
  "a receiver's journal on a full disk says nothing of what failed, and goes on whole when there is room (needs prlimit)",
  { timeout: 60_000 },
  async () => {
    const folder = createTemporaryFolder()
    const child = fork(join(import.meta.dirname, 'kill', 'journal-writer.ts'), [folder.path], {
      execArgv: ['--import', 'tsx', '--conditions=@sevenfold/source'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    try {
      const told: Record<string, unknown>[] = []
      child.on('message', (message) => {
        if (isJsonObject(message)) told.push(message)
      })
      const has = (type: string): boolean => told.some((one) => one['type'] === type)
      await until(() => has('durable'), 'the first position')
      spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=9001:unlimited'])
      await until(() => has('error'), 'a full disk')
      spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:unlimited'])
      const failedAt = told.length
      await until(() => told.slice(failedAt).some(({ type }) => type === 'durable'), 'room again')
      child.send('stop')
      await until(() => has('closed'), 'the end')
      const durable = told.flatMap(({ type, sequence }) => (type === 'durable' ? [sequence] : []))
      const written = readFileSync(join(folder.path, 'receiver.ndjson'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { position: { sequence: number } }).position.sequence)
      expect(written).toEqual(durable)
    } finally {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      folder.remove()
    }
  },
)
