import type { JudgedCell } from '../matrix/judge.ts'

/** What happened in a cell, in at most ten characters: `stopped`, `seen 1.2s`, `–`. */
export function cellText(cell: JudgedCell | undefined): string {
  if (cell === undefined) return ''
  if (cell.outcome === 'stopped') return 'stopped'
  if (cell.outcome === 'missed') return cell.unexplained ? '– failed' : '–'
  return cell.secondsToDetection === undefined ? 'seen' : `seen ${cell.secondsToDetection.toFixed(1)}s`
}
