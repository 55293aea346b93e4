import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileConfig, readConfig } from '../../core/config/src/index.ts'

/** A running edge with one worker. */
export interface Edge {
  readonly name: string
  readonly child: ChildProcess
  readonly pid: number
  readonly port: number
}

const rules = process.env['BENCH_RULES'] ?? 'builtin'

/** Starts the built edge with one worker and one site. `steps`: more lines of the section of the site. */
export async function startEdge(
  name: string,
  steps: string,
  where: { folder: string; upstream: number; shedding?: string; edge?: string; node?: readonly string[] },
): Promise<Edge> {
  const folder = join(where.folder, name.replaceAll(/\W+/g, '-'))
  mkdirSync(join(folder, 'data', 'edge'), { recursive: true, mode: 0o700 })
  const site = `  - name: shop\n    listen: "127.0.0.1:0"\n    upstream: "http://127.0.0.1:${where.upstream}"\n`
  const read = readConfig(
    `version: 1\nedge: { workers: 1, rules: [${JSON.stringify(rules)}], ${where.edge ?? `shedding: { delay: ${where.shedding ?? '60ms'} }`} }\nsites:\n${site}${steps}`,
    'bench',
  )
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '))
  const { edge } = compileConfig(read.config, folder).parts
  writeFileSync(join(folder, 'data', 'edge', 'config.json'), JSON.stringify({ ...edge, ownListeners: [] }))
  const main = fileURLToPath(new URL('../../layers/edge/dist/main.js', import.meta.url))
  const child = spawn('taskset', ['-c', '0', process.execPath, ...(where.node ?? []), main], {
    env: { ...process.env, SEVENFOLD_DATA: join(folder, 'data') },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const [ready] = (await once(child, 'message')) as [{ listen: { url: string }[] }]
  return { name, child, pid: child.pid ?? 0, port: Number(new URL(ready.listen[0]?.url ?? '').port) }
}
