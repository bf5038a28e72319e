// The service instances, each a space of objects of its own.
import { defaultService, resource, rest } from './api.js';
import { busily, confirmed, copyButton, el, field, time, toast } from './dom.js';

export async function showServices(host, context) {
  const list = el('ul', { class: 'cards', 'aria-label': 'Services' });
  const name = el('input', { autocomplete: 'off' });
  const make = el('button', { class: 'primary' }, 'Create');
  const create = (event) => {
    event.preventDefault();
    busily(make, async () => {
      const made = resource(await rest('Services', { form: { FriendlyName: name.value } }));
      toast(`Created ${made.friendly_name || made.sid}`);
      name.value = '';
      await update();
    });
  };
  host.append(el('h1', {}, 'Services'), list, el('form', { class: 'card', onsubmit: create },
    el('h2', {}, 'New service'), el('div', { class: 'inline' }, field('Friendly name', name), make)));

  function card(service) {
    const acl = el('input', { type: 'checkbox', role: 'switch', checked: service.acl_enabled, onchange: () => busily(acl, async () => {
      await rest(`Services/${service.sid}`, { form: { AclEnabled: acl.checked } });
      await context.reloadServices();
      toast(acl.checked ? 'Clients need permissions now' : 'Clients may do everything now');
    }) });
    const remove = el('button', { type: 'button', class: 'danger', onclick: async () => {
      if (!(await confirmed(`Delete ${service.label}?`, 'It goes with all its objects, and clients are told.', 'Delete'))) return;
      await busily(remove, async () => {
        await rest(`Services/${service.sid}`, { method: 'DELETE' });
        await update();
      });
    } }, 'Delete');
    return el('li', { class: 'card' },
      el('div', { class: 'title' }, el('h2', {}, service.label), service.sid !== defaultService() && remove),
      el('p', { class: 'sid' }, el('code', {}, service.sid), copyButton(service.sid)),
      el('p', { class: 'note' }, 'Created ', time(service.date_created)),
      el('div', { class: 'inline' }, el('label', { class: 'switch' }, acl, el('span', {}, 'Clients need permissions')),
        el('a', { href: `#/objects/${service.sid}` }, 'Objects')));
  }
  async function update() {
    await context.reloadServices();
    list.replaceChildren(...context.services.map(card));
  }
  await update();
  return {};
}
