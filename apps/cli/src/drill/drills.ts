import { cpSync, readFileSync, readdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject } from '@sevenfold/event'
import type { DrillHouse } from './drill-house.ts'

/** One thing that is broken on purpose, and what must come of it. */
export interface Drill {
  readonly name: string
  /** Part that the incident must name. */
  readonly part: string
  /** Rules of which one must stand in the incident. */
  readonly rules: readonly string[]
  /** Longest time until the incident, in seconds, without any scale. */
  readonly limitSeconds: number
  /** The limit shrinks with the scale: it is made of intervals, not of work. */
  readonly isScaled: boolean
  /** The house of the drills before cannot be used: this one gets its own. */
  readonly isFresh?: boolean
  /** What has to be true before the blow falls; takes no part in the time. */
  prepare?(house: DrillHouse): Promise<void>
  /** Breaks it; gives what mends it. */
  run(house: DrillHouse): Promise<() => Promise<void>> | (() => Promise<void>)
}

/** Parts that the demo runs. */
export const drilledParts = ['edge', 'runtime', 'detection', 'ledger', 'collector', 'console'] as const

const nothing = (): Promise<void> => Promise.resolve()

/** Ends a part at once, as an intruder or a lack of memory does. */
function killed(part: string): Drill {
  return {
    name: `${part} killed`,
    part,
    rules: ['part-died'],
    limitSeconds: 45,
    isScaled: false,
    run: (house) => {
      process.kill(house.pid(part), 'SIGKILL')
      return nothing
    },
  }
}

/** Stops a part without ending it: nobody is told, it only says nothing more. */
function frozen(part: string): Drill {
  return {
    name: `${part} frozen`,
    part,
    rules: part === 'alerts' ? ['part-hangs'] : ['part-dark'],
    limitSeconds: part === 'alerts' ? 75 : 45,
    isScaled: part !== 'alerts',
    run: (house) => {
      const pid = house.pid(part)
      process.kill(pid, 'SIGSTOP')
      return () => {
        if (part !== 'alerts') process.kill(pid, 'SIGCONT')
        return Promise.resolve()
      }
    },
  }
}

/** Takes the right to write from a part: its heartbeats go on, its evidence does not arrive. */
function unregistered(part: string): Drill {
  return {
    name: `log of ${part} muted`,
    part,
    rules: ['part-stalled', 'part-muted', 'part-unreachable'],
    limitSeconds: 120,
    isScaled: true,
    run: ({ dataDir }) => {
      const path = join(dataDir, 'ledger', 'agents.json')
      const text = readFileSync(path, 'utf8')
      const value: unknown = JSON.parse(text)
      const agents = isJsonObject(value) && Array.isArray(value['agents']) ? value['agents'] : []
      const others = agents.filter((agent) => !isJsonObject(agent) || agent['part'] !== part)
      writeFileSync(path, JSON.stringify({ v: 1, agents: others }))
      return () => {
        writeFileSync(path, text)
        return Promise.resolve()
      }
    },
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Speaks to the application directly, past the edge, as somebody does who found its port. */
const bypassed: Drill = {
  name: 'edge bypassed',
  part: 'edge',
  rules: ['edge-bypassed'],
  limitSeconds: 120,
  isScaled: false,
  // What came in before the edge's counters were first heard of cannot be compared with anything.
  prepare: async () => await pause(50_000),
  run: async (house) => {
    const url = house.url('shop')
    for (let n = 0; n < 12; n += 1) await (await fetch(url)).arrayBuffer()
    return nothing
  },
}

/** Puts back an old copy of the ledger, as somebody does who wants the last minutes not to have happened. */
const rolledBack: Drill = {
  name: 'ledger rolled back',
  part: 'ledger',
  rules: ['ledger-rolled-back'],
  limitSeconds: 45,
  isScaled: false,
  run: async (house) => {
    const [now, old, gone] = ['ledger', 'ledger.old', 'ledger.gone'].map((name) => join(house.dataDir, name))
    if (now === undefined || old === undefined || gone === undefined) return nothing
    process.kill(house.pid('ledger'), 'SIGSTOP')
    cpSync(now, old, { recursive: true, filter: (path) => !path.endsWith('.sock') })
    process.kill(house.pid('ledger'), 'SIGCONT')
    await pause(8_000)
    process.kill(house.pid('ledger'), 'SIGKILL')
    renameSync(now, gone)
    renameSync(old, now)
    return nothing
  },
}

/** Deletes what was written so far, as somebody does who was seen. */
const deleted: Drill = {
  name: 'log deleted',
  part: 'ledger',
  rules: ['ledger-segments-lost'],
  limitSeconds: 45,
  isScaled: false,
  isFresh: true,
  run: ({ dataDir }) => {
    const folder = join(dataDir, 'ledger', 'segments')
    for (const name of readdirSync(folder)) truncateSync(join(folder, name), 0)
    return nothing
  },
}

/** Silences one part after another, the watchers of the outside first, in the hope that none of it is enough for an alarm. */
const oneByOne: Drill = {
  name: 'parts silenced one after another',
  part: 'edge',
  rules: ['part-dark'],
  limitSeconds: 75,
  isScaled: true,
  run: async (house) => {
    const pids: number[] = []
    for (const part of ['detection', 'runtime', 'edge']) {
      const pid = house.pid(part)
      process.kill(pid, 'SIGSTOP')
      pids.push(pid)
      await pause(500)
    }
    return () => {
      for (const pid of pids) process.kill(pid, 'SIGCONT')
      return Promise.resolve()
    }
  },
}

/** Every drill, the gentle ones first: a ledger that was rolled back does not come back. */
export const drills: readonly Drill[] = [
  ...[...drilledParts, 'alerts'].map(killed),
  ...drilledParts.map(frozen),
  frozen('alerts'),
  ...(['edge', 'runtime', 'detection', 'collector', 'console'] as const).map(unregistered),
  bypassed,
  oneByOne,
  rolledBack,
  deleted,
]
