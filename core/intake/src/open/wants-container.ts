import type { DockerContainer } from '../docker/docker-source.ts'

/** Whether a container is one of those named (with `*` and `?`), and has the label; no names: all. */
export function wantsContainer(wish: {
  readonly containers: readonly string[]
  readonly label?: string | undefined
}): (container: DockerContainer) => boolean {
  const names = wish.containers.map(
    (name) =>
      new RegExp(
        `^${name
          .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
          .replaceAll('*', '.*')
          .replaceAll('?', '.')}$`,
      ),
  )
  const [label, value] = wish.label?.split('=', 2) ?? []
  return ({ name, labels }) => {
    const isNamed = names.length === 0 || names.some((pattern) => pattern.test(name))
    if (!isNamed || label === undefined) return isNamed
    return Object.hasOwn(labels, label) && (value === undefined || labels[label] === value)
  }
}
