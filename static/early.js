// Before the first paint, and so not a module: the chosen theme, and whether scripts run at all.
try {
  // What is read in a frame of another page looks as that page asks for, or as the reader's system.
  const framed = document.documentElement.dataset.embed !== undefined;
  const theme = localStorage.getItem('theme');
  if (!framed && (theme === 'light' || theme === 'dark')) document.documentElement.dataset.theme = theme;
} catch {
  /* no storage, no choice to remember */
}
document.documentElement.classList.add('scripted');
