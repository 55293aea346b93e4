import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'

/** What ends a watch. */
export interface SegmentWatcher {
  close(): void
}

/** What a watch needs. */
export interface WatchOptions {
  /** Folder of segments; must exist. */
  readonly folder: string
  /** Looks again after this time in any case: file system notices can be lost. */
  readonly pollMs: number
  readonly onChange: () => void
}

/** Calls `onChange` when segments may have grown. Notices come from the file system, with a slow poll behind them. */
export function watchSegments(options: WatchOptions): SegmentWatcher {
  const timer = setInterval(options.onChange, options.pollMs)
  let watcher: FSWatcher | undefined
  try {
    watcher = watch(options.folder, { persistent: false }, () => options.onChange())
    // Watches run out (inotify limits, deleted folder): the poll goes on.
    watcher.on('error', () => watcher?.close())
  } catch {
    // The same: polling alone is slower and right.
  }
  return {
    close: () => {
      clearInterval(timer)
      watcher?.close()
    },
  }
}
