import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { watchStopKey } from './stop-key.ts'

class FakeTerminal extends EventEmitter {
  readonly isTTY = true
  readonly modes: boolean[] = []
  setRawMode(raw: boolean): void {
    this.modes.push(raw)
  }
  resume(): void {}
  pause(): void {}
}

describe('watchStopKey', () => {
  it.each(['q', '\u0003'])('aborts on %j and on nothing else, and leaves the terminal as it was', (stop) => {
    const terminal = new FakeTerminal()
    const key = watchStopKey(terminal)
    terminal.emit('data', Buffer.from('x'))
    expect(key.signal.aborted).toBe(false)
    terminal.emit('data', Buffer.from(stop))
    expect(key.signal.aborted).toBe(true)
    key.close()
    expect(terminal.modes).toEqual([true, false])
    expect(terminal.listenerCount('data')).toBe(0)
  })

  it('watches nothing where there is no terminal', () => {
    expect(watchStopKey(undefined).isWatching).toBe(false)
    const pipe = Object.assign(new EventEmitter(), { resume: () => undefined, pause: () => undefined })
    expect(watchStopKey(pipe).isWatching).toBe(false)
  })
})
