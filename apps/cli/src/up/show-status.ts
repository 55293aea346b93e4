import { join } from 'node:path'
import { isJsonObject } from '@sevenfold/event'
import { actor } from '../place/actor.ts'
import { dataFolder } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { environmentError, exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { table } from '../program/table.ts'
import { control } from '../talk/control.ts'
import { groupMemory, processMemory } from './process-memory.ts'
import type { GroupProcess } from './process-memory.ts'
import { readState } from './state-file.ts'
import type { PartStatus } from './state-file.ts'

const mebibyte = 1024 * 1024
/** Parts without a control socket: the shop is a program like those that we protect. */
const foreign = new Set(['shop'])

interface Row {
  readonly name: string
  readonly state: string
  readonly restarts: number
  readonly mode: string
  readonly canary: string
  readonly processes: readonly GroupProcess[]
  readonly listening: PartStatus['listening']
}

async function askMode(dataDir: string, part: PartStatus): Promise<{ mode: string; canary: string }> {
  const unknown = { mode: '-', canary: '-' }
  if (part.state !== 'ready' || foreign.has(part.name)) return unknown
  try {
    const socketPath = join(dataDir, part.name, 'control.sock')
    const result = await control(part.name, socketPath, { op: 'status', actor: actor() })
    if (!isJsonObject(result)) return unknown
    return {
      mode: fieldText(result, 'heartbeat.mode') ?? '-',
      canary: fieldText(result, 'canaryState') ?? '-',
    }
  } catch {
    return { mode: 'no answer', canary: '-' } // the row says so
  }
}

async function rowOf(dataDir: string, part: PartStatus): Promise<Row> {
  const { name, state, restarts, listening, pid } = part
  const processes = pid === undefined ? [] : groupMemory(pid)
  return { name, state, restarts, listening, ...(await askMode(dataDir, part)), processes }
}

function memoryText(bytes: number): string {
  return bytes === 0 ? '-' : `${(bytes / mebibyte).toFixed(0)} MiB`
}

function rss(processes: readonly GroupProcess[]): number {
  return processes.reduce((sum, { rssBytes }) => sum + rssBytes, 0)
}

/** Memory of everything but the shop's database, which is a whole PostgreSQL inside a process that the shop started. */
function rssWithoutDatabase(rows: readonly Row[]): number {
  return rss(rows.flatMap(({ name, processes }) => (foreign.has(name) ? processes.slice(0, 1) : processes)))
}

function shown(rows: readonly Row[]): string {
  return table(
    ['part', 'state', 'mode', 'canary', 'restarts', 'processes', 'memory', 'listens'],
    rows.map((row) => [
      row.name,
      row.state,
      row.mode,
      row.canary,
      String(row.restarts),
      row.processes
        .map(({ pid, rssBytes }) =>
          row.processes.length === 1 ? String(pid) : `${pid} (${memoryText(rssBytes)})`,
        )
        .join(', ') || '-',
      memoryText(rss(row.processes)),
      row.listening.map(({ url }) => url).join(', '),
    ]),
  )
}

/** Prints what runs. Resolves to 1 when a part does not run or does not answer. @throws CliError when nothing runs. */
export async function showStatus(call: Call): Promise<number> {
  const dataDir = await dataFolder(call)
  const state = readState(dataDir)
  if (state === undefined)
    throw environmentError(
      `nothing runs on ${dataDir}`,
      'start with sevenfold up, or name the folder with --data',
    )
  const rows = await Promise.all(state.parts.map(async (part) => await rowOf(dataDir, part)))
  const supervisor: Row = {
    name: 'supervisor',
    state: 'ready',
    restarts: 0,
    mode: '-',
    canary: '-',
    listening: [],
    processes: processMemory(state.pid),
  }
  const all = [supervisor, ...rows]
  const rssBytes = rssWithoutDatabase(all)
  if (call.json)
    call.io.out(
      JSON.stringify({
        data: dataDir,
        started: state.started,
        demo: state.demo,
        rssBytes,
        parts: all,
      }),
    )
  else
    call.io.out(
      `${shown(all)}\n\n${memoryText(rssBytes)} in all${state.demo ? ' without the database of the shop' : ''}; running since ${state.started}; data ${dataDir}`,
    )
  const well = rows.every(({ state: one, mode }) => one === 'ready' && mode !== 'no answer')
  return well ? exitCodes.ok : exitCodes.findings
}
