// Asks the browser for a security key or passkey, and sends its answer with the form.

const form = document.querySelector("form[data-key-options]");
const refusal = form.querySelector("[data-key-refusal]");

function ask() {
  const { publicKey } = JSON.parse(form.dataset.keyOptions);
  if (form.dataset.keyVerb === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refusal.hidden = true;
  try {
    const answer = await ask();
    form.elements.credential.value = JSON.stringify(answer.toJSON());
    form.submit();
  } catch {
    refusal.hidden = false;
  }
});
