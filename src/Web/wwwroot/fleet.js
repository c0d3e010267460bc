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

const goTo = (line, column) => {
  const area = document.querySelector('textarea[data-document]');
  if (!area) { return; }
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  area.focus();
  area.setSelectionRange(start, Math.max(start, start + (lines[line - 1]?.length ?? 0) - column + 1));
};

document.addEventListener('click', event => {
  const target = event.target.closest?.('[data-theme-button], [data-copy], [data-line], .nav a');
  if (!target) { return; }
  if (target.matches('[data-theme-button]')) {
    nextTheme();
  } else if (target.matches('[data-copy]')) {
    copy(target);
  } else if (target.matches('[data-line]')) {
    goTo(Number(target.dataset.line), Number(target.dataset.column));
  } else {
    target.closest('[popover]:popover-open')?.hidePopover();
  }
});

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

document.addEventListener('fleet:ready', label);
new MutationObserver(label).observe(document.body, { childList: true });
label();
globalThis.Blazor?.addEventListener?.('enhancedload', () => document.dispatchEvent(new Event('fleet:theme')));
