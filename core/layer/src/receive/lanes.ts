/** Runs the work of each writer one after another, of different writers side by side. */
export interface Lanes {
  run<T>(key: string, work: () => Promise<T>): Promise<T>
}

interface Lane {
  last: Promise<unknown>
  waiting: number
}

/** No work yet. */
export function createLanes(): Lanes {
  const lanes = new Map<string, Lane>()
  return {
    run: async (key, work) => {
      const lane = lanes.get(key) ?? { last: Promise.resolve(), waiting: 0 }
      lanes.set(key, lane)
      lane.waiting += 1
      const done = lane.last.then(work)
      lane.last = done.catch(() => undefined) // told to its own caller
      try {
        return await done
      } finally {
        lane.waiting -= 1
        if (lane.waiting === 0) lanes.delete(key)
      }
    },
  }
}
