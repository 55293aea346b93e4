/** Services that are told apart. */
export const maxCountedServices = 256

/**
 * How many HTTP requests the applications met, by what their agents count. Services may call each other, so that their
 * sum says nothing: the busiest one counts.
 */
export class SensorCounts {
  readonly #last = new WeakMap<object, number>()
  readonly #services = new Map<string, number>()
  #most = 0

  /**
   * Takes the counters of a beat; gives by how much the count of the busiest service grew. What a sensor counted before
   * its first beat is not known to be new: it may have run without a forwarder.
   */
  grown(sensor: { readonly service: string }, counters: Readonly<Record<string, number>>): number {
    const value = Math.max(0, (counters['requests'] ?? 0) - (counters['messages'] ?? 0))
    const last = this.#last.get(sensor)
    this.#last.set(sensor, value)
    const { service } = sensor
    if (last === undefined || value <= last) return 0
    if (!this.#services.has(service) && this.#services.size >= maxCountedServices) return 0
    const total = (this.#services.get(service) ?? 0) + value - last
    this.#services.set(service, total)
    const growth = Math.max(0, total - this.#most)
    this.#most += growth
    return growth
  }
}
