import { randomUUID } from 'node:crypto'
import type { ControlRequest, ControlResponse } from '@sevenfold/event'
import { askControl } from '@sevenfold/layer'
import { CliError, environmentError, exitCodes } from '../program/cli-error.ts'

/**
 * Sends one request to a part's control socket and gives its result; `timeoutMs` is how long the part may think.
 * @throws CliError when nobody answers (environment) or the part refuses (findings).
 */
export async function control(
  part: string,
  socketPath: string,
  request: Omit<ControlRequest, 'id'>,
  timeoutMs: number = 10_000,
): Promise<unknown> {
  let response: ControlResponse
  try {
    response = await askControl(socketPath, { id: randomUUID(), ...request }, timeoutMs)
  } catch (error) {
    const hint = 'is it running? start it with sevenfold up, or name its data folder with --data'
    throw environmentError(`${part} does not answer on ${socketPath}`, hint, error)
  }
  if (response.ok) return response.result
  throw new CliError(
    exitCodes.findings,
    `${part} refused: ${response.error.message}`,
    `code ${response.error.code}`,
  )
}
