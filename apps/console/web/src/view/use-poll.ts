import { useEffect, useState } from 'preact/hooks'
import { explain } from '../state/api.ts'
import { noteFailure } from '../state/session.ts'

/** What a poll has so far: the newest value, and what went wrong the last time. */
export interface Polled<T> {
  readonly value: T | undefined
  readonly problem: string
  readonly reload: () => void
}

/** Loads now and every `seconds` while the page is visible. */
export function usePoll<T>(load: () => Promise<T>, seconds: number): Polled<T> {
  const [value, setValue] = useState<T>()
  const [problem, setProblem] = useState('')
  const [round, setRound] = useState(0)
  useEffect(() => {
    let isCurrent = true
    const run = async (): Promise<void> => {
      if (document.hidden) return
      try {
        const loaded = await load()
        if (!isCurrent) return
        setValue(() => loaded)
        setProblem('')
      } catch (error) {
        noteFailure(error)
        if (isCurrent) setProblem(explain(error))
      }
    }
    void run()
    const timer = setInterval(() => void run(), seconds * 1000)
    return () => {
      isCurrent = false
      clearInterval(timer)
    }
  }, [round])
  return { value, problem, reload: () => setRound(round + 1) }
}
