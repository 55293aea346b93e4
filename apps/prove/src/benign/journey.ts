import type { Scene } from '../attack/attack.ts'

/** An innocent visitor from the first page to the last. */
export interface Journey {
  readonly id: string
  /** One line: who comes and why. */
  readonly title: string
  /** Plays the visit; gives what was not served, or undefined when everything was. */
  visit(scene: Scene): Promise<string | undefined>
}
