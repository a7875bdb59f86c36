// <form data-passkey="create|get" data-options="...">: the browser makes or uses a passkey, and the form sends its
// answer. Where there are no passkeys the form stays hidden, and the words after it stay shown.

export function usePasskeys () {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false
    const without = document.querySelector('[data-without-passkeys]')
    if (without) without.hidden = true
    form.addEventListener('submit', (event) => {
      if (form.elements.credential.value) return
      event.preventDefault()
      send(form)
    })
  }
}

async function send (form) {
  const problem = form.querySelector('[data-passkey-problem]')
  problem.hidden = true
  try {
    form.elements.credential.value = JSON.stringify((await answer(form)).toJSON())
    form.submit()
  } catch (error) {
    // Given up, timed out, or no passkey of this device: the browser does not tell which.
    problem.hidden = false
    problem.focus()
  }
}

function answer (form) {
  const options = JSON.parse(form.dataset.options).publicKey
  if (form.dataset.passkey === 'create') {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
}
