import { backboneNames, layerNames } from '@sevenfold/event'

const names: readonly string[] = [...layerNames, ...backboneNames, 'supervisor']

/** The layer or part that a command, an image or a name of a service is about; undefined when it is none of ours. */
export function layerOfText(text: string): string | undefined {
  const isOurs = /sevenfold/i.test(text)
  const words = text.toLowerCase().split(/[^a-z]+/)
  const named = names.find((name) => words.includes(name))
  return isOurs ? named : undefined
}
