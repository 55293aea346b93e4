import { join } from 'node:path'
import { isJsonObject } from '@sevenfold/event'
import { dataFolder, placeOptions } from '../place/data-folder.ts'
import { environmentError, exitCodes } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'
import { control } from '../talk/control.ts'
import { groupMemory } from '../up/process-memory.ts'
import { readState } from '../up/state-file.ts'
import type { PartStatus } from '../up/state-file.ts'

const mebibyte = 1024 * 1024
/** Parts without a control socket: the shop is a program like those that we protect. */
const foreign = new Set(['shop'])

interface Row {
  readonly name: string
  readonly state: string
  readonly restarts: number
  readonly mode: string
  readonly canary: string
  readonly processes: readonly { readonly pid: number; readonly rssBytes: number }[]
  readonly listening: PartStatus['listening']
}

async function askMode(dataDir: string, part: PartStatus): Promise<{ mode: string; canary: string }> {
  const unknown = { mode: '-', canary: '-' }
  if (part.state !== 'ready' || foreign.has(part.name)) return unknown
  try {
    const result = await control(part.name, join(dataDir, part.name, 'control.sock'), {
      op: 'status',
      actor: 'cli',
    })
    if (!isJsonObject(result)) return unknown
    const { mode, canary } = result
    const tested = isJsonObject(canary) ? canary['ok'] : undefined
    return {
      mode: typeof mode === 'string' ? mode : '-',
      canary:
        typeof canary === 'string' ? canary : tested === true ? 'ok' : tested === false ? 'failed' : '-',
    }
  } catch {
    return { mode: 'no answer', canary: '-' } // the row says so
  }
}

async function rowOf(dataDir: string, part: PartStatus): Promise<Row> {
  const { name, state, restarts, listening, pid } = part
  return {
    name,
    state,
    restarts,
    listening,
    ...(await askMode(dataDir, part)),
    processes: pid === undefined ? [] : groupMemory(pid),
  }
}

function memoryText(bytes: number): string {
  return bytes === 0 ? '-' : `${(bytes / mebibyte).toFixed(0)} MiB`
}

function rss(rows: readonly Row[]): number {
  return rows.flatMap(({ processes }) => processes).reduce((sum, { rssBytes }) => sum + rssBytes, 0)
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
      memoryText(rss([row])),
      row.listening.map(({ url }) => url).join(', '),
    ]),
  )
}

/** `sevenfold status`. */
export const status: Command = {
  name: 'status',
  summary: 'show every part: state, mode, canary, memory, addresses',
  options: placeOptions,
  examples: ['sevenfold status', 'sevenfold status --json'],
  exits: { 1: 'a part does not run or does not answer' },
  run: async (call) => {
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
      processes: groupMemory(state.pid).filter(({ pid }) => pid === state.pid),
    }
    const all = [supervisor, ...rows]
    const ours = all.filter(({ name }) => !foreign.has(name))
    if (call.json)
      call.io.out(
        JSON.stringify({
          data: dataDir,
          started: state.started,
          demo: state.demo,
          rssBytes: rss(ours),
          parts: all,
        }),
      )
    else
      call.io.out(
        `${shown(all)}\n\n${memoryText(rss(ours))} in all without the shop; running since ${state.started}; data ${dataDir}`,
      )
    const well = rows.every(({ state: one, mode }) => one === 'ready' && mode !== 'no answer')
    return well ? exitCodes.ok : exitCodes.findings
  },
}
