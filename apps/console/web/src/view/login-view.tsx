import type { JSX } from 'preact'
import { formText } from './form-text.ts'
import { login, loginProblem } from '../state/session.ts'

function submit(event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): void {
  event.preventDefault()
  void login(formText(event.currentTarget, 'name'), formText(event.currentTarget, 'password'))
}

/** Login: how to get a link, or name and password where somebody has been given one. */
export function LoginView(): JSX.Element {
  return (
    <main class="login">
      <h1>Sevenfold</h1>
      <p>
        Open the one-time link that <code>npm start</code> printed, or make a new one on this machine:
      </p>
      <pre>npx sevenfold console link</pre>
      <form onSubmit={submit}>
        <label>
          Name
          <input name="name" autocomplete="username" required maxLength={64} />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required maxLength={256} />
        </label>
        <button type="submit">Log in</button>
      </form>
      <p role="alert" class="problem">
        {loginProblem.value}
      </p>
    </main>
  )
}
