import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Loot, Scene } from '../attack/attack.ts'
import type { Bed } from '../bed/bed.ts'
import { createVictim } from '../browser/victim.ts'
import { createVisitor } from '../visitor/visitor.ts'
import type { Answer } from '../visitor/answer.ts'
import type { Visitor } from '../visitor/visitor.ts'
import { bystanderAddress } from './cell-address.ts'
import type { Configuration } from './configuration.ts'
import { seededId, seededRandom } from './seeded-random.ts'

/** What makes one cell different from all others. */
export interface CellPlace {
  readonly bed: Bed
  readonly configuration: Configuration
  readonly address: string
  readonly seed: string
  /** Attack, configuration and repeat: the name of the cell. */
  readonly label: string
  readonly loot: Loot
  /** Told of every answer to the visitors of the cell. */
  readonly onAnswer?: (answer: Answer) => void
}

/** A scene with the ids under which its requests may appear in events. */
export interface OpenScene {
  readonly scene: Scene
  /** Traces of the attacker and of every victim so far. */
  traces(): ReadonlySet<string>
  close(): void
}

function readBelow(folder: string, path: string): string | undefined {
  try {
    return readFileSync(join(folder, path), 'utf8')
  } catch {
    return undefined
  }
}

/** Sets the scene of one cell: visitor, victims, sink and witness. Close it when the attempt is over. */
export function makeScene(place: CellPlace): OpenScene {
  const { bed, address, seed, label } = place
  const application = bed.application(place.configuration)
  const visitors: Visitor[] = []
  const bystanders: Visitor[] = []
  const arrive = (target = bed.target(place.configuration)): Visitor => {
    const trace = seededId(seed, `${label}\0${visitors.length}`)
    const visitor = createVisitor({
      target,
      address,
      trace,
      ...(place.onAnswer === undefined ? {} : { onAnswer: place.onAnswer }),
    })
    visitors.push(visitor)
    return visitor
  }
  const scene: Scene = {
    visitor: arrive(),
    origin: () => arrive(bed.origin(place.configuration)),
    sink: bed.sink.view(seededId(seed, `sink\0${label}`).slice(0, 18)),
    bystander: () => {
      const target = bed.target(place.configuration)
      const visitor = createVisitor({
        target,
        address: bystanderAddress(address),
        trace: seededId(seed, `${label}\0bystander`),
      })
      bystanders.push(visitor)
      return visitor
    },
    witness: {
      loot: place.loot,
      folder: application.folder,
      state: () => application.state(),
      file: (path) => readBelow(application.folder, path),
    },
    victim: async (user) => {
      const visitor = arrive()
      visitor.cookies.set('sid', await application.victimSession(user))
      return createVictim(visitor)
    },
    random: seededRandom(seed, label),
    pause: (ms) => wait(ms),
  }
  return {
    scene,
    traces: () => new Set(visitors.flatMap((visitor) => [...visitor.traces])),
    close: () => [...visitors, ...bystanders].forEach((visitor) => visitor.close()),
  }
}
