import { useEffect, useState } from 'preact/hooks'
import type { JSX } from 'preact'
import { logout, me } from './state/session.ts'
import { DecisionsView } from './view/decisions-view.tsx'
import { IncidentsView } from './view/incidents-view.tsx'
import { EventsView } from './view/events-view.tsx'
import { FindingsView } from './view/findings-view.tsx'
import { LayersView } from './view/layers-view.tsx'
import { LoginView } from './view/login-view.tsx'
import { WatchView } from './view/watch-view.tsx'

const pages = [
  { hash: '#layers', title: 'Layers', view: LayersView },
  { hash: '#incidents', title: 'Incidents', view: IncidentsView },
  { hash: '#events', title: 'Events', view: EventsView },
  { hash: '#findings', title: 'Findings', view: FindingsView },
  { hash: '#decisions', title: 'Decisions', view: DecisionsView },
  { hash: '#watch', title: 'Watch', view: WatchView },
] as const

function usePage(): (typeof pages)[number] {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const read = (): void => setHash(location.hash)
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
  return pages.find((page) => page.hash === hash) ?? pages[0]
}

function House(): JSX.Element {
  const page = usePage()
  const View = page.view
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(click) => {
          click.preventDefault()
          document.getElementById('main')?.focus()
        }}
      >
        Skip to content
      </a>
      <header class="top">
        <span class="brand">Sevenfold</span>
        <nav aria-label="Pages">
          {pages.map(({ hash, title }) => (
            <a key={hash} href={hash} aria-current={hash === page.hash ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <span class="who">
          {me.value?.role}
          <button type="button" class="quiet" onClick={() => void logout()}>
            Log out
          </button>
        </span>
      </header>
      <main id="main" tabIndex={-1}>
        <View />
      </main>
    </>
  )
}

/** The whole page: nothing until the session is known, then the login or the house. */
export function App(): JSX.Element | null {
  if (me.value === undefined) return <p class="wait">One moment…</p>
  return me.value === null ? <LoginView /> : <House />
}
