// What the browser alone can do: theme, shortcuts, copying, and keys that must not scroll.
const themes = ['auto', 'light', 'dark'];
const words = { auto: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' };

const stored = () => {
  try { return localStorage.getItem('fleet.theme') ?? 'auto'; } catch { return 'auto'; }
};

const label = () => {
  for (const button of document.querySelectorAll('[data-theme-button]')) {
    const word = `${words[stored()]}, change it`;
    if (button.title !== word) {
      button.title = word;
      button.setAttribute('aria-label', word);
    }
  }
};

const nextTheme = () => {
  const next = themes[(themes.indexOf(stored()) + 1) % themes.length];
  try { localStorage.setItem('fleet.theme', next); } catch { return; }
  document.dispatchEvent(new Event('fleet:theme'));
  label();
};

const copy = async button => {
  const text = button.closest('.command')?.querySelector('code')?.textContent ?? '';
  try {
    await navigator.clipboard.writeText(text);
    button.dataset.copied = '';
    setTimeout(() => delete button.dataset.copied, 1500);
  } catch {
    getSelection()?.selectAllChildren(button.closest('.command').querySelector('code'));
  }
};

// Follows the list's cursor and saves one object a line.
const exportLines = async link => {
  const lines = [];
  let cursor = null;
  for (let page = 0; page < 10; page++) {
    const url = new URL(link.href);
    if (cursor) { url.searchParams.set('cursor', cursor); }
    const answer = await fetch(url, { headers: { accept: 'application/json' } });
    if (!answer.ok) { throw new Error(`export: ${answer.status}`); }
    const body = await answer.json();
    lines.push(...body.items.map(item => JSON.stringify(item)));
    cursor = body.next;
    if (!cursor) { break; }
  }
  const file = document.createElement('a');
  file.href = URL.createObjectURL(new Blob([lines.join('\n') + '\n'], { type: 'application/x-ndjson' }));
  file.download = link.dataset.export;
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 10000);
};

const goTo = (line, column) => {
  const area = document.querySelector('textarea[data-document]');
  if (!area) { return; }
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  area.focus();
  area.setSelectionRange(start, Math.max(start, start + (lines[line - 1]?.length ?? 0) - column + 1));
};

document.addEventListener('click', event => {
  const target = event.target.closest?.('[data-theme-button], [data-copy], [data-line], [data-export], [data-reload], .nav a');
  if (!target) { return; }
  if (target.matches('[data-theme-button]')) {
    nextTheme();
  } else if (target.matches('[data-copy]')) {
    copy(target);
  } else if (target.matches('[data-export]')) {
    event.preventDefault();
    event.stopPropagation();
    exportLines(target).catch(() => { location.href = target.href; });
  } else if (target.matches('[data-reload]')) {
    location.reload();
  } else if (target.matches('[data-line]')) {
    goTo(Number(target.dataset.line), Number(target.dataset.column));
  } else {
    target.closest('[popover]:popover-open')?.hidePopover();
  }
}, true);

document.addEventListener('keydown', event => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    document.getElementById('search')?.select();
  } else if (event.key.startsWith('Arrow') && event.target.closest?.('[data-arrows]')) {
    event.preventDefault();
  } else if (event.key === '/' && !event.target.closest?.('input, textarea, select')) {
    const filter = document.querySelector('[data-filter]');
    if (filter) {
      event.preventDefault();
      filter.select();
    }
  }
}, true);

// A server that restarted does not know this page: read it anew, unless somebody's text would be lost.
document.getElementById('components-reconnect-modal')?.addEventListener('components-reconnect-state-changed', event => {
  if (event.detail?.state === 'rejected' && !document.querySelector('textarea[data-document]:not([readonly])')) {
    location.reload();
  }
});

document.addEventListener('fleet:ready', label);
new MutationObserver(label).observe(document.body, { childList: true });
label();
globalThis.Blazor?.addEventListener?.('enhancedload', () => document.dispatchEvent(new Event('fleet:theme')));
