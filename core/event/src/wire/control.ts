import type { Mode } from './heartbeat.ts'

/** Operations of the control socket. */
export const controlOps = ['status', 'mode', 'reload', 'selftest', 'drain'] as const

/** One operation of the control socket. */
export type ControlOp = (typeof controlOps)[number]

/** One line to `data/<layer>/control.sock`. */
export interface ControlRequest {
  readonly id: string
  readonly op: ControlOp
  readonly site?: string
  readonly mode?: Mode
  readonly reason?: string
  /** Who asks: a person, `playbook:<id>`, `supervisor`. Written into the event of the act. */
  readonly actor: string
}

/** Stable codes of refused control requests. */
export type ControlErrorCode =
  | 'CONTROL_BAD_REQUEST'
  | 'CONTROL_UNKNOWN_SITE'
  | 'CONTROL_WEAKENING_REFUSED'
  | 'CONTROL_RELOAD_FAILED'
  | 'CONTROL_SELFTEST_FAILED'
  | 'CONTROL_INTERNAL'

/** One line back. */
export type ControlResponse =
  | { readonly id: string; readonly ok: true; readonly result?: unknown }
  | {
      readonly id: string
      readonly ok: false
      readonly error: { readonly code: ControlErrorCode; readonly message: string }
    }

/** A control line longer than this many bytes closes the connection. */
export const maxControlLineBytes = 65_536
