/** Waits until a condition holds; fails after ten seconds with what it was waiting for. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A taker of lines that keeps their texts, and refuses or waits when told to. */
export interface Taker {
  readonly texts: string[]
  readonly from: string[]
  /** Makes the next call fail. */
  refuseNext(): void
  /** Makes calls wait until the function given back is called. */
  hold(): () => void
  readonly take: (lines: readonly { readonly text: string; readonly from: string }[]) => Promise<void>
}

/** Makes a taker. */
export function createTaker(): Taker {
  const [texts, from]: [string[], string[]] = [[], []]
  let refuse = false
  let held: Promise<void> | undefined
  return {
    texts,
    from,
    refuseNext: () => void (refuse = true),
    hold: () => {
      let release: () => void = () => undefined
      held = new Promise((resolve) => {
        release = () => {
          held = undefined
          resolve()
        }
      })
      return release
    },
    take: async (lines) => {
      await held
      if (refuse) {
        refuse = false
        throw new Error('not now')
      }
      texts.push(...lines.map((line) => line.text))
      from.push(...lines.map((line) => line.from))
    },
  }
}
