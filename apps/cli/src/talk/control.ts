import { randomUUID } from 'node:crypto'
import { isJsonObject } from '@sevenfold/event'
import type { ControlRequest, ControlResponse, Json } from '@sevenfold/event'
import { askControl } from '@sevenfold/layer'
import { CliError, environmentError, exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { askHosts } from './ask-hosts.ts'

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

/**
 * Sends one request to a layer of an enrolled host, through the ledger of this one, and gives its result.
 * @throws CliError when the host is not connected (environment) or refuses (findings).
 */
export async function controlHost(
  call: Call,
  place: { readonly host: string; readonly layer: string },
  request: Omit<ControlRequest, 'id'>,
): Promise<Json | undefined> {
  const body = { ...place, ...request }
  const answer = await askHosts(call, { method: 'POST', path: '/v1/control', body })
  if (!isJsonObject(answer))
    throw environmentError(
      `${place.layer} on ${place.host} does not answer`,
      'is it enrolled and connected? sevenfold enrol list; there: sevenfold status',
    )
  if (answer['ok'] === true) return answer['result']
  const error = isJsonObject(answer['error']) ? answer['error'] : {}
  const text = (key: string): string => (typeof error[key] === 'string' ? error[key] : '')
  throw new CliError(
    exitCodes.findings,
    `${place.layer} on ${place.host} refused: ${text('message')}`,
    `code ${text('code')}`,
  )
}
