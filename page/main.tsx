import { render } from 'preact';
import './styles/base.css';
import './styles/shell.css';
import './styles/overview.css';
import './styles/learned.css';
import './styles/runs.css';
import './styles/timeline.css';
import './styles/run.css';
import './styles/compare.css';
import { App } from './app.tsx';
import { readReport } from './report-data.ts';

const report = readReport(document);
const root = document.getElementById('app');
if (root !== null && report !== undefined) render(<App report={report} />, root);
