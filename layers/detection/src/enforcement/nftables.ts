import type { BanChange, BanView } from './ban-view.ts'
import type { Enforcer } from './enforcer.ts'
import { nftRemove, nftReplace, nftUpdate } from './nft-script.ts'
import type { NftPlace } from './nft-script.ts'
import { runProgram } from './run-program.ts'

/** What the driver needs. */
export interface NftablesOptions extends NftPlace {
  /** `keep`: bans stay in the kernel until they end. `remove`: everybody is let in when we stop. */
  readonly onStop: 'keep' | 'remove'
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** How nft is called; default `nft`. */
  readonly program?: readonly string[]
}

const timeoutMs = 60_000

/**
 * Drops banned addresses in the kernel: a table of our own, whole transactions by `nft -f -`, each element with the end
 * of its ban. Fails static: when nft or we are gone, what is in the kernel stays in force and ends on time; new bans
 * wait.
 */
export class Nftables implements Enforcer {
  readonly name = 'nftables'
  readonly #options: NftablesOptions

  constructor(options: NftablesOptions) {
    this.#options = options
  }

  #run(input: string, args: readonly string[] = ['-f', '-']): Promise<void> {
    return runProgram({ argv: [...(this.#options.program ?? ['nft']), ...args], input, timeoutMs })
  }

  replace(view: BanView): Promise<void> {
    const bans = { addresses: [...view.addresses()], ranges: view.ranges() }
    return this.#run(nftReplace(this.#options, bans, this.#options.now()))
  }

  async update(change: BanChange): Promise<void> {
    const script = nftUpdate(this.#options, change, this.#options.now())
    if (script !== '') await this.#run(script)
  }

  async isIntact(): Promise<boolean> {
    try {
      // The chain and not the table: that would list every element.
      await this.#run('', ['list', 'chain', 'inet', this.#options.table, 'bans'])
      return true
    } catch {
      return false // gone (a firewall was reloaded) or nft itself fails, which replacing will tell
    }
  }

  async stop(): Promise<void> {
    if (this.#options.onStop === 'remove') await this.#run(nftRemove(this.#options))
  }
}
